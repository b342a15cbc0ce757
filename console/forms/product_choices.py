"""The values of CreateProduct's parameters in words, each with a sentence for who chooses (Alibaba: CreateProduct)."""

Choices = tuple[tuple[str, str], ...]

NODE_TYPES: Choices = (("0", "Device"), ("1", "Gateway"))
NODE_TYPE_NOTES = {
    "0": "Connects directly, or through a gateway",
    "1": "Carries sub-devices and their topology",
}
NET_TYPES: Choices = (
    ("WIFI", "Wi-Fi"),
    ("CELLULAR", "Cellular"),
    ("ETHERNET", "Ethernet"),
    ("LORA", "LoRaWAN"),
    ("OTHER", "Another network"),
)
PROTOCOL_TYPES: Choices = (
    ("modbus", "Modbus"),
    ("opc-ua", "OPC UA"),
    ("ble", "Bluetooth LE"),
    ("zigbee", "ZigBee"),
    ("customize", "A protocol of your own"),
)
DATA_FORMATS: Choices = (("1", "Alink JSON"), ("0", "Custom"))
DATA_FORMAT_NOTES = {"1": "The platform's own format", "0": "Your own bytes, parsed by a script"}
COMMODITY_CODES: Choices = (("iothub_senior", "With a thing model"), ("iothub", "Basic edition"))
COMMODITY_CODE_NOTES = {
    "iothub_senior": "Properties, events and services are described",
    "iothub": "Topics only",
}
AUTH_TYPES: Choices = (
    ("secret", "Device secret"),
    ("id2", "Internet Device ID"),
    ("x509", "X.509 certificate"),
    ("one-party", "One-party"),
)
VALIDATE_TYPES: Choices = (("1", "Weak: what is wrong is passed on, with a note"), ("2", "None"))
YES_NO: Choices = (("true", "Yes"), ("false", "No"))
LEFT_OPEN: Choices = (("", "Let the platform decide"),)
DIRECT: Choices = (("", "No, it connects by itself"),)


def word(choices: Choices, value: object) -> str:
    """Put a value that a platform showed in words; what is not listed stands for itself."""
    return dict(choices).get(str(value), str(value))
