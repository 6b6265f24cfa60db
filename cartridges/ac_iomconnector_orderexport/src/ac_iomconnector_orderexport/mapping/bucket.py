"""Shipping buckets. [KB B29919, order mapping: shipping bucket]"""

from ac_iomconnector_orderexport.document import BucketDocument
from ac_iomconnector_orderexport.extension_points import BIND_BUCKET
from ac_iomconnector_orderexport.mapping.address import map_address
from ac_iomconnector_orderexport.mapping.attributes import copied
from ac_iomconnector_orderexport.mapping.charge import map_charges
from ac_iomconnector_orderexport.mapping.position import map_position
from ac_iomconnector_orderexport.mapping.run import MappingRun
from iomconnector.model.line_items import ShippingBucket


def map_bucket(bucket: ShippingBucket, run: MappingRun) -> BucketDocument:
    """ShippingBucket -> ShippingBucket."""
    document = BucketDocument(
        number=bucket.number,
        shipping_address=map_address(bucket.address, run.at("address")),
        shipping_method=_shipping_method(bucket, run),
        charges=map_charges(bucket.charges, run),
        additional_attributes=copied(bucket.attributes),
        positions=[
            map_position(item, run.at(f"line_items[{index}]")) for index, item in enumerate(bucket.line_items)
        ],
    )
    run.bind(BIND_BUCKET, bucket, document)
    return document


def _shipping_method(bucket: ShippingBucket, run: MappingRun) -> str | None:
    method = bucket.shipping_method
    return None if method is None else run.settings.shipping_methods.get(method, method)
