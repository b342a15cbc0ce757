"""The requests that the vendors' documents print are the requests that the client makes."""

from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlsplit

from console.platforms import operations
from console.platforms.client import parameters_of
from console.platforms.signed_request import sign_request
from console.platforms.types import Connection, Credentials, ModuleSpec, Platform, ProductSpec, SignatureScheme

# Alibaba: CreateProduct and CreateOTAModule, "Sample requests", without the common parameters.
CREATE_PRODUCT = (
    "https://iot.cn-shanghai.aliyuncs.com/?Action=CreateProduct&AliyunCommodityCode=iothub_senior&AuthType=secret"
    "&DataFormat=1&Description=Product test&NodeType=0&ResourceGroupId=rg-acfmxazb4ph****&ProductName=Test"
    "&ProtocolType=modbus&CategoryKey=Lighting&PublishAuto=false"
)
CREATE_MODULE = (
    "https://iot.cn-shanghai.aliyuncs.com/?Action=CreateOTAModule&ModuleName=barcodeScanner&ProductKey=a1Le6d0****"
)
# Tuya: CreateOTAModule and ListOTAModuleByProduct, "Request Example".
TUYA_CREATE_MODULE = (
    "https://si-d6e8d******48958054.tuyacloud.com:8686/?Action=CreateOTAModule"
    "&SignatureNonce=9e6189124f5a4716ad2de849467b****&AccessKeyId=xMr9wgwXQLhv5AUa65o0****"
    "&SignatureMethod=HMAC-SHA1&Timestamp=2024-11-19T09%3A47%3A43Z&ProductKey=a1uctKe****&ModuleName=ble"
    "&Signature=WJN0Ee8%2BX6pogcD3loLHIqQNEN0%3D"
)
TUYA_LIST_MODULES = TUYA_CREATE_MODULE.replace("CreateOTAModule", "ListOTAModuleByProduct").replace(
    "&ModuleName=ble", ""
)

TUYA = Connection(
    platform=Platform.TUYA, endpoint="https://si-d6e8d48958054.tuyacloud.com:8686", scheme=SignatureScheme.RPC_V1
)
KEY = Credentials(access_key_id="xMr9wgwXQLhv5AUa65o0****", access_key_secret="secret")
AT = datetime(2024, 11, 19, 9, 47, 43, tzinfo=UTC)


def asked(url: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(url).query))


def business(url: str) -> dict[str, str]:
    return {name: value for name, value in asked(url).items() if name != "Action"}


def test_the_sample_product_is_asked_for_as_printed():
    spec = ProductSpec(
        product_name="Test",
        node_type=0,
        aliyun_commodity_code="iothub_senior",
        auth_type="secret",
        data_format=1,
        description="Product test",
        resource_group_id="rg-acfmxazb4ph****",
        protocol_type="modbus",
        category_key="Lighting",
        publish_auto=False,
    )
    assert parameters_of(spec) == business(CREATE_PRODUCT)


def test_the_sample_module_is_asked_for_as_printed():
    spec = ModuleSpec(product_key="a1Le6d0****", module_name="barcodeScanner")
    assert parameters_of(spec) == business(CREATE_MODULE)


def tuya_request(operation: operations.Operation, parameters: dict[str, str]) -> dict[str, str]:
    nonce = "9e6189124f5a4716ad2de849467b****"
    request = sign_request(TUYA, KEY, operation, parameters, nonce=nonce, at=AT)
    assert request.method == "GET"
    return asked(request.target)


def test_tuyas_sample_requests_are_made_with_the_common_parameters_of_its_table_beside():
    create = tuya_request(operations.CREATE_OTA_MODULE, {"ProductKey": "a1uctKe****", "ModuleName": "ble"})
    listing = tuya_request(operations.LIST_OTA_MODULES, {"ProductKey": "a1uctKe****"})
    beside = {"Version": "2018-01-20", "Format": "JSON", "SignatureVersion": "1.0"}
    for sent, printed in ((create, asked(TUYA_CREATE_MODULE)), (listing, asked(TUYA_LIST_MODULES))):
        # The secret behind the printed signature is not published.
        assert sent.pop("Signature") != printed.pop("Signature")
        assert sent == printed | beside
