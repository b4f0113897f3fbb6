import { homedir } from 'node:os'
import nodeProcess from 'node:process'
import { isatty } from 'node:tty'
import type { CommandContext } from '@stricli/core'
import { ObolError } from '../errors/obol-error.ts'
import { USAGE_ERRORS } from '../errors/usage.ts'
import { EXIT, type ExitCode } from './exit-code.ts'
import { createStyle, type Style, wantsColour } from './style.ts'

/** One of the two streams: stdout carries data, stderr carries talk. */
export type Output = {
  write(text: string): void
  readonly isTTY: boolean
  /** Width of the terminal in columns; 80 where there is none. */
  readonly columns: number
  readonly style: Style
  /** Aborts when nobody reads the stream any more (`obol … | head`); what is written then is dropped. */
  readonly closed: AbortSignal
}

/** All that a command may know of the process it runs in. Tests make their own. */
export type Surroundings = {
  readonly stdout: Output
  readonly stderr: Output
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  readonly home: string
  /** True when a person can be asked: stdin and stderr are terminals. */
  readonly interactive: boolean
  readonly stdin: AsyncIterable<Uint8Array>
  now(): Date
  /** Aborts on the first SIGINT, SIGTERM or SIGHUP. */
  readonly signal: AbortSignal
}

/** The `this` of every command: its surroundings, and the exit code for an end that is not an error. */
export type Context = CommandContext & Surroundings & { setExitCode(code: ExitCode): void }

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * The surroundings of the real process: with `main.ts`, the only place that touches it.
 * SIDE EFFECTS: listens for signals (the second one ends the process at once) and for errors of both streams.
 */
export function processSurroundings(args: readonly string[]): Surroundings {
  const { stdout, stderr, env } = nodeProcess
  return {
    stdout: output(stdout, args),
    stderr: output(stderr, args),
    env,
    cwd: nodeProcess.cwd(),
    home: env['HOME'] ?? homedir(),
    interactive: isatty(0) && stderr.isTTY === true,
    // Opened only when read: an open stdin costs time and can keep the process alive.
    get stdin() {
      return nodeProcess.stdin
    },
    now: () => new Date(),
    signal: stopSignal(),
  }
}

function output(stream: NodeJS.WriteStream, args: readonly string[]): Output {
  const closed = new AbortController()
  stream.on('error', (error: NodeJS.ErrnoException) => {
    closed.abort()
    if (error.code === 'EPIPE') return
    throw new ObolError(USAGE_ERRORS.NOT_WRITABLE, { message: `the output could not be written (${error.code})` })
  })
  const isTTY = stream.isTTY === true
  return {
    write: (text) => {
      if (!closed.signal.aborted) stream.write(text)
    },
    isTTY,
    get columns() {
      return isTTY && stream.columns > 0 ? stream.columns : 80
    },
    style: createStyle(wantsColour(nodeProcess.env, isTTY, args)),
    closed: closed.signal,
  }
}

function stopSignal(): AbortSignal {
  const controller = new AbortController()
  const stop = (): void => {
    if (controller.signal.aborted) nodeProcess.exit(EXIT.interrupted)
    controller.abort()
  }
  for (const name of SIGNALS) nodeProcess.on(name, stop)
  return controller.signal
}
