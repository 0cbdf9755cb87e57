"""What AIS tells of passenger ships: when they leave a port and when they arrive (ITU-R M.1371-5, NMEA 0183 as IEC 61162-1 writes it).

`sentences` makes messages of lines, `ships` makes departures and arrivals of messages, `nearest` knows the ports; `feed` reads lines from
a receiver or a file, `waiting` keeps sightings until the gateway has them. Where ships are is not kept over a restart: a ship that lies in
port when it is first heard has no arrival, and its departure will be seen.
"""
