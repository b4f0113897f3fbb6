import { spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

export type ServerProcess = {
  /** Undefined when the program could not be run at all. */
  readonly pid: number | undefined
  /** Resolves when the process is gone, with a sentence on how it ended. */
  readonly exited: Promise<string>
  isRunning(): boolean
  /** SIDE EFFECTS: SIGTERM, then SIGKILL after `graceMs`; resolves when the process is gone. */
  stop(graceMs: number): Promise<void>
}

/**
 * Runs a server with its output in a log file. SIDE EFFECTS: a process in its own group, so that a Ctrl-C in the terminal
 * does not end etcd before kube-apiserver; it does not keep this process alive.
 */
export function startServerProcess(command: string, args: readonly string[], logFile: string): ServerProcess {
  const log = openSync(logFile, 'a')
  const child = spawn(command, args, { stdio: ['ignore', log, log], detached: true })
  closeSync(log)
  child.unref()
  let running = true
  const exited = new Promise<string>((resolve) => {
    const end = (how: string) => {
      running = false
      resolve(how)
    }
    child.once('error', (error) => end(error.message))
    child.once('exit', (code, signal) => end(signal === null ? `exit code ${code}` : `killed by ${signal}`))
  })
  const stop = async (graceMs: number) => {
    if (!running) return
    child.ref()
    child.kill('SIGTERM')
    const timer = new AbortController()
    const late = delay(graceMs, 'late' as const, { signal: timer.signal }).catch(() => 'late' as const)
    if ((await Promise.race([exited, late])) === 'late') child.kill('SIGKILL')
    timer.abort()
    await exited
  }
  return { pid: child.pid, exited, isRunning: () => running, stop }
}

export type Guard = {
  /** Adds a process to those that must not outlive this one. */
  watch(pid: number): void
  /** SIDE EFFECTS: ends the guard without killing anything; resolves when it is gone. */
  release(): Promise<void>
}

/**
 * Starts a shell that waits for this process to end in any way, SIGKILL included (its standard input closes), and then
 * kills the watched processes and removes `folder`. SIDE EFFECTS: one /bin/sh process.
 */
export function startGuard(folder: string): Guard {
  const script = [
    "trap '' INT TERM HUP",
    'pids=',
    'while read -r line; do [ "$line" = release ] && exit 0; pids="$pids $line"; done',
    '[ -z "$pids" ] || kill -KILL $pids 2>/dev/null',
    // A process that was just killed may still have finished one more write.
    'rm -rf -- "$1" || { sleep 1; rm -rf -- "$1"; }',
  ].join('\n')
  const child = spawn('/bin/sh', ['-c', script, 'obol-control-plane-guard', folder], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  })
  const gone = new Promise<void>((resolve) => {
    child.once('error', () => resolve())
    child.once('exit', () => resolve())
  })
  child.unref()
  child.stdin.on('error', () => undefined)
  if (child.stdin instanceof Socket) child.stdin.unref()
  const release = () => {
    child.ref()
    child.stdin.end('release\n')
    return gone
  }
  return { watch: (pid) => void child.stdin.write(`${pid}\n`), release }
}
