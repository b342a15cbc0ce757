"""The thing templates: a handful of the categories a platform offers, each with a small TSL model."""

from __future__ import annotations

import json
from typing import Any

from console.sandbox.backend import Backend, Parameters, Payload
from console.sandbox.errors import BusinessError
from console.sandbox.parameters import read_text
from console.sandbox.records import Tenant

# CategoryKey -> name and the properties of its model (identifier, name, data type, access mode).
TEMPLATES: dict[str, tuple[str, tuple[tuple[str, str, str, str], ...]]] = {
    "Lighting": (
        "Lamp",
        (("LightSwitch", "Main light switch", "bool", "rw"), ("Brightness", "Brightness", "int", "rw")),
    ),
    "Outlet": ("Outlet", (("PowerSwitch", "Power switch", "bool", "rw"),)),
    "AirConditioner": (
        "Air conditioner",
        (("PowerSwitch", "Power switch", "bool", "rw"), ("TargetTemperature", "Target", "float", "rw")),
    ),
    "TempHumiditySensor": (
        "Temperature and humidity sensor",
        (("CurrentTemperature", "Temperature", "float", "r"), ("CurrentHumidity", "Humidity", "float", "r")),
    ),
    "SmokeAlarm": ("Smoke alarm", (("SmokeSensorState", "Smoke detected", "bool", "r"),)),
    "DoorLock": (
        "Door lock",
        (("LockState", "Lock state", "bool", "r"), ("BatteryLevel", "Battery", "int", "r")),
    ),
    "Camera": ("Camera", (("StreamVideoQuality", "Video quality", "int", "rw"),)),
    "ElectricityMeter": ("Electricity meter", (("TotalEnergy", "Total energy", "double", "r"),)),
    "WaterMeter": ("Water meter", (("TotalFlow", "Total flow", "double", "r"),)),
    "BarcodeScanner": ("Barcode scanner", (("ScanResult", "Last result", "text", "r"),)),
    "GeneralGateway": ("Gateway", (("SubDeviceCount", "Sub-devices", "int", "r"),)),
}


def list_thing_templates(_backend: Backend, _tenant: Tenant, _parameters: Parameters) -> Payload:
    """Alibaba: ListThingTemplates."""
    return {"Data": [{"CategoryKey": key, "CategoryName": name} for key, (name, _) in TEMPLATES.items()]}


def get_thing_template(_backend: Backend, _tenant: Tenant, parameters: Parameters) -> Payload:
    """Alibaba: GetThingTemplate. Without a CategoryKey the model is empty; an unknown one is refused."""
    key = read_text(parameters, "CategoryKey")
    if key is not None and key not in TEMPLATES:
        raise BusinessError("iot.prod.InvalidFormattedCatId")
    properties = TEMPLATES[key][1] if key else ()
    model = {"properties": [_property(*entry) for entry in properties], "events": [], "services": []}
    return {"ThingModelJSON": json.dumps(model, ensure_ascii=False)}


def _property(identifier: str, name: str, data_type: str, access_mode: str) -> dict[str, Any]:
    return {
        "identifier": identifier,
        "name": name,
        "accessMode": access_mode,
        "required": True,
        "dataType": {"type": data_type},
    }
