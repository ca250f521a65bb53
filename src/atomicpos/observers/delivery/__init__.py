"""Alerts on their way to people: what stands, what each channel was told of it, and what it says."""

from .channel import Channel, DeliveryFailed, Message
from .channels import Sinks, sinks_of
from .delivery import Delivery

__all__ = ["Channel", "Delivery", "DeliveryFailed", "Message", "Sinks", "sinks_of"]
