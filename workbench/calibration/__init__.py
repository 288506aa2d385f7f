"""How often weak links are found, and how often wrongly: made bureaux with planted links, and real
data of which it is known whether there is anything to find."""
