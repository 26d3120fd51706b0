// Command generate writes data/targets.cfg: what rustc's own --print cfg says of
// every target it knows.
package main

import (
	"fmt"
	"log"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"
)

func rustc(args ...string) string {
	out, err := exec.Command("rustc", args...).Output()
	if err != nil {
		log.Fatalf("rustc %s: %v", strings.Join(args, " "), err)
	}
	return strings.TrimSpace(string(out))
}

func main() {
	var b strings.Builder
	fmt.Fprintf(&b, "# The cfg of each target, one target a line, made by go generate.\n# source: %s --print cfg, %s\n",
		rustc("--version"), time.Now().UTC().Format(time.DateOnly))
	for target := range strings.Lines(rustc("--print", "target-list")) {
		target = strings.TrimSpace(target)
		atoms := strings.Split(rustc("--print", "cfg", "--target", target), "\n")
		// Set by the profile, not by the target.
		atoms = slices.DeleteFunc(atoms, func(a string) bool { return a == "debug_assertions" })
		fmt.Fprintf(&b, "%s %s\n", target, strings.Join(atoms, " "))
	}
	if err := os.WriteFile("data/targets.cfg", []byte(b.String()), 0o644); err != nil {
		log.Fatal(err)
	}
}
