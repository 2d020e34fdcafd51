"""The rules of e-mail as pure functions: bytes or model in, model or bytes out. Nothing here raises on bad
mail.
"""
