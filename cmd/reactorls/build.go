package main

import (
	"fmt"

	"github.com/spf13/pflag"

	"reactorls/diagnostics"
	"reactorls/engine"
	"reactorls/engine/cargo"
)

// build is which build of a workspace is looked at, as cargo's flags say it.
type build struct {
	selection engine.Selection
	triple    string
	platform  *cargo.Platform // nil for what cargo would build for
}

func (b *build) flags(flags *pflag.FlagSet) {
	flags.StringSliceVarP(&b.selection.Features, "features", "F", nil, "`features` of the packages to turn on")
	flags.BoolVar(&b.selection.NoDefault, "no-default-features", false, "leave the default features off")
	flags.BoolVar(&b.selection.All, "all-features", false, "turn on all features")
	flags.StringVar(&b.triple, "target", "", "the `triple` of the target whose dependencies are looked at; by default what cargo would build for")
}

// validate finds the platform.
func (b *build) validate() error {
	if b.triple == "" {
		return nil
	}
	if b.platform = cargo.PlatformOf(b.triple); b.platform == nil {
		err := fmt.Errorf("--target: rustc knows no target %q", b.triple)
		if near := diagnostics.Nearest(b.triple, cargo.Triples()); near != "" {
			err = fmt.Errorf("%w; the nearest is %q", err, near)
		}
		return err
	}
	return nil
}
