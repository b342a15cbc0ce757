"""What is sent can be read back: operations are stored as their parameters."""

from hypothesis import given
from hypothesis import strategies as st

from console.platforms.parameters import parameters_of, spec_of
from console.platforms.types import ModuleSpec, ProductChange, ProductSpec

TEXT = st.text(max_size=30)

PRODUCTS = st.builds(
    ProductSpec,
    product_name=TEXT.filter(bool),
    node_type=st.integers(0, 1),
    description=TEXT,
    data_format=st.none() | st.integers(0, 1),
    validate_type=st.none() | st.integers(1, 2),
    id2=st.none() | st.booleans(),
    publish_auto=st.none() | st.booleans(),
    net_type=TEXT,
    category_key=TEXT,
)
CHANGES = st.builds(ProductChange, product_key=TEXT, product_name=TEXT, description=st.none() | TEXT)
MODULES = st.builds(ModuleSpec, product_key=TEXT, module_name=TEXT, alias_name=st.none() | TEXT, desc=st.none() | TEXT)


@given(PRODUCTS | CHANGES | MODULES)
def test_a_spec_is_read_back_from_its_parameters(spec: ProductSpec | ProductChange | ModuleSpec):
    assert spec_of(type(spec), parameters_of(spec)) == spec


def test_no_two_things_run_together():
    spec = ProductSpec(product_name="1", node_type=1, description="true", id2=True)
    assert parameters_of(spec) == {"ProductName": "1", "NodeType": "1", "Description": "true", "Id2": "true"}
    assert spec_of(ProductSpec, parameters_of(spec)) == spec
