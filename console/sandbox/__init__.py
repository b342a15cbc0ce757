"""A local platform: a server of its own that answers as Alibaba Cloud IoT Platform and as Tuya would."""
