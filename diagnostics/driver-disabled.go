package diagnostics

import _ "embed"

//go:embed driver-disabled.md
var driverDisabledPage string

var driverDisabled = &Rule{
	Code: "driver-disabled", Severity: Error, Page: driverDisabledPage,
	run: func(p *pass) {
		for _, f := range p.failed() {
			p.reportFailure(f, "the runtime that runs it was built without the driver; enable_all enables both")
		}
	},
}
