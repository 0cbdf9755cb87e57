"""process: the sentence itself. open -> read -> normalise -> check -> route -> write -> seal -> record.

    understand   read -> normalise -> check     files into lists and findings; what `./gw read` does
    owe          route -> write                 lists into messages
    work         open, understand, owe          all of it, pure, in a thread: the worker's lease and database stay awake
    complete                                    with parts of a list that earlier submissions brought
    parts                                       the series that a list belongs to: one of passengers and crew to two
    as_before                                   a list that does not say what it is for, for what its version before was
    order        place                          each list among those of its sailing: newer, older, what changed
    whole                                       a list that changes some persons put on the one that it changes
    keep         route -> write, again          purposes that an earlier version was filed for
    ended                                       no purpose is withdrawn because an entry of a register ended
    record       seal -> record                 the rows of one transaction: lists, findings, deliveries, facts, log
    worker       claim, work, order, whole, keep, record     again and again
    trials       claim, work                    the sandbox: the same work, and nothing after it
    renew        open -> write -> seal, again   what waits and may not be sent as it is: another key, an ended route
    onward       open -> write -> seal          what one recipient has goes to another, by decision
    verdicts     what a single window answered, to the sender
    on_board     open: everybody on board of one sailing, for a rescue centre
    hand_back    the sender's own file again    marked or corrected, when it asks for that

In: a submission that `receive` stored. Out: that transaction. Importing this package imports none of its parts, so that
reading a file needs neither the store nor the network.
"""
