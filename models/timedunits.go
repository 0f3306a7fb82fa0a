package models

// TimedUnits gives the billable units of all timed minutes of one day by the
// 8-minute rule: 8 to 22 minutes are one unit, 23 to 37 two, and so on
// (CMS Claims Processing Manual ch. 5 s. 20.2). Fewer than 8 are none.
func TimedUnits(minutes int) int { return (max(minutes, 0) + 7) / 15 }
