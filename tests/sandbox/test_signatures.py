"""The vendor's own published examples, recomputed."""

import hashlib

from console.sandbox import signatures

ECS = {
    "AccessKeyId": "testid",
    "Action": "DescribeRegions",
    "Format": "XML",
    "SignatureMethod": "HMAC-SHA1",
    "SignatureNonce": "3ee8c1b8-83d3-44af-a94f-4e0ad82fd6cf",
    "SignatureVersion": "1.0",
    "Timestamp": "2016-02-23T12:46:24Z",
    "Version": "2014-05-26",
}
IOT = {
    "AccessKeyId": "testid",
    "Action": "Pub",
    "MessageContent": "aGVsbG93b3JsZA=",
    "Timestamp": "2017-10-02T09:39:41Z",
    "SignatureVersion": "1.0",
    "ServiceCode": "iot",
    "Format": "XML",
    "Qos": "0",
    "SignatureNonce": "0715a395-aedf-4a41-bab7-746b43d38d88",
    "Version": "2017-04-20",
    "SignatureMethod": "HMAC-SHA1",
    "RegionId": "cn-shanghai",
    "ProductKey": "12345abcdeZ",
    "TopicFullName": "/productKey/testdevice/get",
}
RUN_INSTANCES = {"ImageId": "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd", "RegionId": "cn-shanghai"}


def rpc(method, parameters):
    return signatures.rpc_signature("testsecret", signatures.rpc_string_to_sign(method, parameters))


def test_rpc_ecs_example():
    assert rpc("GET", ECS) == "OLeaidS1JvxuMvnyHOwuJ+uX5qY="
    assert rpc("POST", ECS) == "MxbnVAM4w6sft9xjVpe/GCKueuk="


def test_rpc_iot_example():
    assert rpc("GET", IOT) == "Y9eWn4nF8QPh3c4zAFkM/k/u7eA="
    assert rpc("POST", IOT) == "efr3PwqG3ANN5Vs4hsRnEZh2K2Q="


def test_rpc_leaves_the_signature_itself_out():
    assert rpc("GET", {**ECS, "Signature": "whatever"}) == rpc("GET", ECS)


def test_rpc_signs_blank_values():
    assert "SignatureType%3D" in signatures.rpc_string_to_sign("GET", {**ECS, "SignatureType": ""})


def test_acs3_example():
    headers = {
        "host": "ecs.cn-shanghai.aliyuncs.com",
        "x-acs-action": "RunInstances",
        "x-acs-content-sha256": hashlib.sha256(b"").hexdigest(),
        "x-acs-date": "2023-10-26T10:22:32Z",
        "x-acs-signature-nonce": "3156853299f313e23d1673dc12e1703d",
        "x-acs-version": "2014-05-26",
    }
    canonical = signatures.acs3_canonical_request("POST", RUN_INSTANCES, headers, sorted(headers), b"")
    text = signatures.acs3_string_to_sign(canonical)
    assert text.endswith("\n7ea06492da5221eba5297e897ce16e55f964061054b7695beedaac1145b1e259")
    assert (
        signatures.acs3_signature("YourAccessKeySecret", text)
        == "06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"
    )


def test_encoding_keeps_only_the_unreserved():
    assert signatures.encode("a b+*~/&=%'灯") == "a%20b%2B%2A~%2F%26%3D%25%27%E7%81%AF"


def test_parameters_are_sorted_by_raw_name_and_letter_case():
    assert signatures.canonical_query({"b": "2", "a": "1", "B": "3", "a.b": "4"}) == "B=3&a=1&a.b=4&b=2"
