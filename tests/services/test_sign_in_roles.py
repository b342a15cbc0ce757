from console.env_sign_in import ROLES
from console.services.roles import Role


def test_the_environment_knows_every_role():
    assert sorted(ROLES.values()) == sorted(Role)
