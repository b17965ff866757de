package main

import (
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"time"
)

const (
	postgresBin = "/usr/lib/postgresql/18/bin/"
	userID      = 999
	groupID     = 999
	// Politeness ends here; it must fit twice into the engine's own patience (docker stop: 10 s).
	politeness = 4 * time.Second
)

var environment = []string{
	"PATH=/usr/lib/postgresql/18/bin:/usr/local/bin:/usr/bin:/bin",
	"LC_ALL=C.UTF-8", "TZ=UTC", "HOME=/tmp", "DO_NOT_TRACK=1",
}

// command prepares a program that runs as the server's user, whoever we are, and is not reached by signals of a terminal.
func command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(name, args...)
	cmd.Env = environment
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if os.Getuid() == 0 {
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: userID, Gid: groupID}
	}
	return cmd
}

// child is a running server.
type child struct {
	name  string
	cmd   *exec.Cmd
	ended chan struct{}
	err   error // how it ended; read it after ended is closed
}

func startChild(cmd *exec.Cmd, name string) (*child, error) {
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting %s: %w", name, err)
	}
	c := &child{name: name, cmd: cmd, ended: make(chan struct{})}
	go func() {
		c.err = cmd.Wait()
		close(c.ended)
	}()
	return c, nil
}

// stop ends the child, first by the polite signal; it is fine when the child has ended already.
func (c *child) stop(polite syscall.Signal) error {
	_ = c.cmd.Process.Signal(polite) // fails only when it has ended: ended tells
	select {
	case <-c.ended:
		return nil
	case <-time.After(politeness):
	}
	_ = c.cmd.Process.Kill()
	<-c.ended
	return fmt.Errorf("%s had to be killed", c.name)
}
