"""From an order of the shop to the document that IOM takes, element by element. [KB B29919, order mapping]"""
