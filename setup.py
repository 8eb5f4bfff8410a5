"""What pyproject.toml cannot say: the trained models are data files, one entry for each of their folders."""

import os

from setuptools import setup

setup(
    data_files=[
        (os.path.join("share", "jingyin", folder), [os.path.join(folder, name) for name in sorted(names)])
        for folder, _, names in sorted(os.walk("models"))
        if names
    ]
    + [(os.path.join("share", "jingyin"), ["config.yml"])] * os.path.exists("config.yml")
)
