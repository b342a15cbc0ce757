"""What the commands in bin/ are made of; nothing of the console imports it."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
