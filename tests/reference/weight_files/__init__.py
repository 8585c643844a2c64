"""Writers and readers of weight files, one module a format.

Weights are passed around as in generator.py: {layer: (kernel HWIO, bias)}, first layer first.
"""
