"""The values that the parameters of CreateProduct may take (Alibaba: CreateProduct)."""

NODE_TYPES = (0, 1)
DATA_FORMATS = (0, 1)
VALIDATE_TYPES = (0, 1, 2)
COMMODITY_CODES = ("iothub_senior", "iothub")
NET_TYPES = ("WIFI", "CELLULAR", "ETHERNET", "LORA", "OTHER")
PROTOCOL_TYPES = ("modbus", "opc-ua", "customize", "ble", "zigbee")
AUTH_TYPES = ("secret", "id2", "x509", "one-party")

SENIOR = "iothub_senior"
BASIC = "iothub"
GATEWAY = 1
LORA = "LORA"
SHANGHAI = "cn-shanghai"
# Authentication that only one region has, and that LoRaWAN devices cannot use.
SHANGHAI_AUTH_TYPES = frozenset({"id2", "x509"})
