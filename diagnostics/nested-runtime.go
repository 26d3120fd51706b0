package diagnostics

import _ "embed"

//go:embed nested-runtime.md
var nestedRuntimePage string

var nestedRuntime = &Rule{
	Code: "nested-runtime", Severity: Error, Page: nestedRuntimePage,
	run: func(p *pass) {
		for _, f := range p.failed() {
			p.reportFailure(f, "it blocks a thread that runs async code of a runtime; await the future instead, or block on a thread of spawn_blocking")
		}
	},
}
