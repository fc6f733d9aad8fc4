"""The small signs of BPMN inside shapes, drawn by us: envelopes, clocks, crosses.

Paths of an event or a gateway stand around 0,0 (an event's radius is 18, a gateway's
half is 25); those of a task begin at its corner and are 16 wide; those at the bottom
of an activity are 12 wide and stand around 0,0.
"""

ENVELOPE = "M-9-6.5H9v13H-9z", "M-9-6.5 0 1 9-6.5"
PENTAGON = "M0-10 9.5-3 6 8H-6L-9.5-3z"
CROSS = "M-3-9.5h6V-3h6.5v6H3v6.5h-6V3h-6.5v-6H-3z"

# What an event is about: outlined where it catches, filled where it throws.
EVENTS = {
    "timer": "M0-11A11 11 0 1 1 0 11 11 11 0 0 1 0-11zM0-7.5V0l5 3.5"
    "M0-11v2.5M0 11V8.5M-11 0h2.5M11 0H8.5",
    "error": "M-9 9-4.5-7.5 2.5 2 9-9 4.5 8-2.5-1z",
    "escalation": "M0-10.5 7.5 9 0 1.5-7.5 9z",
    "signal": "M0-10 10 7.5H-10z",
    "compensate": "M-1.5-7.5v15L-10.5 0zM8-7.5v15L-1 0z",
    "conditional": "M-7-10H7v20H-7zM-4.5-6h9M-4.5-2h9M-4.5 2h9M-4.5 6h9",
    "link": "M-9.5-4H1v-5L10 0 1 9V4H-9.5z",
    "cancel": "M-5-8.5 0-3.5l5-5L8.5-5l-5 5 5 5L5 8.5l-5-5-5 5L-8.5 5l5-5-5-5z",
    "multiple": PENTAGON,
    "parallelMultiple": CROSS,
}
TERMINATE_RADIUS = 11

GATEWAYS = {
    "exclusiveGateway": "M-7-9 7 9M7-9-7 9",
    "parallelGateway": "M0-12V12M-12 0H12",
    "complexGateway": "M0-12V12M-12 0H12M-8.5-8.5l17 17M8.5-8.5l-17 17",
}
INCLUSIVE_RADIUS = 11
EVENT_BASED_RADII = (14, 11)

TASKS = {
    "userTask": "M8 8a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM1.5 15.5c0-4 2.5-6 6.5-6"
    "s6.5 2 6.5 6z",
    "serviceTask": "M8 3.2a4.8 4.8 0 1 1 0 9.6 4.8 4.8 0 0 1 0-9.6zM8 6a2 2 0 1 1 0 4"
    " 2 2 0 0 1 0-4zM8 3V.5M8 13v2.5M3 8H.5M13 8h2.5M4.6 4.6 2.8 2.8M11.4 11.4l1.8 1.8"
    "M11.4 4.6l1.8-1.8M4.6 11.4l-1.8 1.8",
    "scriptTask": "M5 1.5h9.5c-4.5 4 1.5 9-3 13H1.5c4.5-4-1.5-9 3.5-13z"
    "M5.5 4.7h5M4.7 8h5M5.7 11.3h5",
    "businessRuleTask": "M1 2.5h14v11H1zM1 6h14M1 9.8h14M5.5 6v7.5",
    "manualTask": "M1 7 5 3h5.2L9 5H6.5M9 5h5.2a1.1 1.1 0 0 1 0 2.3H9.5m0 0h5"
    "a1.1 1.1 0 0 1 0 2.3h-5m0 0h4a1.1 1.1 0 0 1 0 2.3h-4m0 0h2.8a1 1 0 0 1 0 2.1H5"
    "L1 11z",
}
MAIL_AT = "translate(8 8) scale(.8)"  # an envelope as the sign of a task

# At the bottom of an activity, from left to right.
MARKERS = {
    "collapsed": "M-6-6H6V6H-6zM0-3.5v7M-3.5 0h7",
    "loop": "M-2.6 5A5.4 5.4 0 1 1 1.4 5.4M-2.6 5h-3.6M-2.6 5V1.4",
    "parallel": "M-4-5.5v11M0-5.5v11M4-5.5v11",
    "sequential": "M-5.5-4h11M-5.5 0h11M-5.5 4h11",
    "compensation": "M-.5-5V5L-6 0zM5.5-5V5L0 0z",
    "adhoc": "M-6 1.5C-4.5-3-1.5-2 0 0s4.5 3 6-1.5",
}
MARKER_GAP = 16
