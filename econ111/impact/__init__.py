"""From calls to avoided contacts: the statistical model, the estimands, the verdicts.

inputs        the call table as arrays with names
observation   likelihood of what was published, given the full table
volumes       calls per month: level, season, ramp, displacement
mix           dispositions per call: line, trust, dispersion
call_model    the whole model of the calls, as one `pm.Model`
series_model  attendances themselves, projected past the launch
attendance    probability of each consequence after each disposition
estimands     referrals_fell, same_calls, displaced, net_system
verdicts      fewer, more, no evidence, not identifiable: the rules
before_after  what counts of two periods say about a change
published     evaluations known only from print: bounds, changes, published figures beside ours
"""
