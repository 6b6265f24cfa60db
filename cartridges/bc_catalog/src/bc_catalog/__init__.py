"""The products of the shop: texts, prices, import."""
