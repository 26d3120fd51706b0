package main

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// permissive are the licences that what is built in may have, by what their texts say.
var permissive = map[string]string{
	"Permission is hereby granted, free of charge":                    "MIT",
	"Redistribution and use in source and binary forms":               "BSD",
	"Licensed under the Apache License":                               "Apache-2.0",
	"Apache License Version 2.0, January 2004":                        "Apache-2.0",
	"Permission to use, copy, modify, and/or distribute":              "ISC",
	"Permission to use, copy, modify, and distribute this software":   "ISC",
	"This is free and unencumbered software released into the public": "Unlicense",
}

// notices gathers the licences of all that is built in, on whatever platform, and of Go
// itself, as those who hand on binaries have to.
func notices(t *testing.T) string {
	t.Helper()
	goRoot, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	dirs := map[string]string{"the Go standard library": strings.TrimSpace(string(goRoot))}
	for _, platform := range []string{"linux", "darwin", "windows"} {
		list := exec.Command("go", "list", "-deps", "-f", "{{with .Module}}{{.Path}} {{.Version}}\t{{.Dir}}{{end}}", ".")
		list.Env = append(os.Environ(), "GOOS="+platform, "CGO_ENABLED=0")
		out, err := list.Output()
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(out)) {
			if module, dir, _ := strings.Cut(strings.TrimSpace(line), "\t"); dir != "" && !strings.HasPrefix(module, "reactorls ") && module != "reactorls" {
				dirs[module] = dir
			}
		}
	}
	var b strings.Builder
	b.WriteString("reactorls is built with these packages, under the licences that follow.\n")
	for _, module := range slices.Sorted(maps.Keys(dirs)) {
		files, _ := filepath.Glob(filepath.Join(dirs[module], "[LC][IO][CP][EY][NI]*"))
		if len(files) == 0 {
			t.Errorf("%s: no licence in %s", module, dirs[module])
		}
		for _, f := range files {
			content, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			flat, known := strings.Join(strings.Fields(string(content)), " "), false
			for text := range permissive {
				known = known || strings.Contains(flat, text)
			}
			if !known {
				t.Errorf("%s: the licence in %s is none that is known to be permissive", module, f)
			}
			fmt.Fprintf(&b, "\n%s\n%s\n\n%s\n", strings.Repeat("-", 80), module, strings.TrimSpace(string(content)))
		}
	}
	return b.String()
}

// TestLicences holds that all that is built in may be handed on under our licence.
func TestLicences(t *testing.T) {
	if text := notices(t); strings.Count(text, strings.Repeat("-", 80)) < 10 {
		t.Errorf("few packages were found:\n%s", text)
	}
}
