package engine

import (
	"io/fs"
	"syscall"
)

// inode is which file it is, and when that was last changed, in nanoseconds.
func inode(info fs.FileInfo) (number uint64, changed int64) {
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		return st.Ino &^ (1 << 63), st.Ctimespec.Nano()
	}
	return 0, 0
}
