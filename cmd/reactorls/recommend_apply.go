package main

import (
	"fmt"
	"os"
	"path/filepath"

	"reactorls/engine"
	"reactorls/engine/advise"
)

// write puts the manifest and the entry point into a directory, or adds to the manifest
// that is there what it lacks. It never writes over a file, and tells what it leaves.
func (r *recommender) write(recommendation *advise.Recommendation, pkg *engine.Package, dir string) error {
	if pkg != nil {
		dir = pkg.Dir
	}
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return fmt.Errorf("--apply: %s is no directory", shown(dir))
	}
	if !recommendation.Applicable() {
		return fmt.Errorf("--apply: there is nothing that builds by itself: %s", recommendation.Start.Lacking)
	}
	fmt.Fprintln(r.out, recommendation.Title)
	at := func(path string) string { return filepath.Join(dir, filepath.FromSlash(path)) }
	plan := recommendation.Plan(pkg, filepath.Base(dir), func(path string) bool { return engine.Exists(at(path)) })
	for _, c := range plan.Changes {
		if err := deliverPlanned(at(c.Path), c); err != nil {
			return fmt.Errorf("%s: not written: %w", shown(at(c.Path)), err)
		}
		verb := "changed"
		if c.New {
			verb = "wrote"
		}
		fmt.Fprintf(r.out, "%s %s\n", verb, shown(at(c.Path)))
	}
	for _, left := range plan.Left {
		fmt.Fprintln(r.out, left)
	}
	return nil
}

func deliverPlanned(path string, c advise.Planned) error {
	if !c.New {
		return engine.Replace(path, c.Old, c.Text)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	if _, err := file.WriteString(c.Text); err != nil {
		file.Close()
		return err
	}
	return file.Close()
}
