"""川渝协同监管消息总线: the message bus over which the market regulators of Sichuan and Chongqing act as one."""
