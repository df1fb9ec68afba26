"""Unpooling: values go back to where a max pooling found them."""
