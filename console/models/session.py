"""Sessions of browsers. What one holds is sealed; what its cookie says is not in the database."""

from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models

from console.models.user import User


class Session(AbstractBaseSession):
    # The SHA-256 of what the cookie says, in hexadecimal: whoever reads it cannot make the cookie of it.
    session_key = models.CharField(max_length=64, primary_key=True)
    # Null before sign-in.
    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True)
