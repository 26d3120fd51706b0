package lsp

import "os"

// alive reports whether a process exists: on Windows only one that does can be
// found.
func alive(pid int) bool {
	p, err := os.FindProcess(pid)
	if err != nil {
		return false
	}
	p.Release() //nolint:errcheck // it was only looked for
	return true
}
