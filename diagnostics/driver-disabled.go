package diagnostics

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"reactorls/engine/rust"
)

//go:embed driver-disabled.md
var driverDisabledPage string

var driverDisabled = &Rule{
	Code: "driver-disabled", Severity: Error, Page: driverDisabledPage,
	fails: func(p *pass, f failure) {
		m := mending{help: "call `enable_all` on the builder of the runtime"}
		m.add(p.enableDriver(f))
		p.reportFailure(f, "the runtime that runs it was built without the driver; enable_all enables both", m)
	},
}

// enableDriver has the builder of the runtime enable the driver that is missing.
func (p *pass) enableDriver(f failure) (Fix, bool) {
	s, ok := f.built()
	if !ok {
		return Fix{}, false
	}
	built := s.Builder.Built
	c, ok := built.Call()
	if !ok {
		return Fix{}, false
	}
	method := "enable_all"
	if u := p.use(f.pkg, "tokio"); u != nil {
		has := asked(u, built.Dev)
		switch {
		case strings.HasSuffix(f.On, "-io") && slices.Contains(has, "time"):
			method = "enable_time"
		case strings.HasSuffix(f.On, "-time") && slices.Contains(has, "net"):
			method = "enable_io"
		}
	}
	src := built.Source().Text
	between := src[c.Receiver.End:c.Dot]
	if strings.TrimSpace(between) != "" {
		between = "" // a comment
	}
	edit := replace(built, rust.Span{Start: c.Dot, End: c.Dot}, "."+method+"()"+between)
	return Fix{Title: fmt.Sprintf("Call `%s` on the builder of the runtime", method), Safe: true, Edits: []FileEdit{edit}}, true
}
