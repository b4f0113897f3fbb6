import { type ApplicationText, buildApplication, run, text_en } from '@stricli/core'
import { ObolError } from '../errors/obol-error.ts'
import { USAGE_ERRORS } from '../errors/usage.ts'
import { aimOf, hintCompleter } from './complete-hint.ts'
import type { Context, Surroundings } from './context.ts'
import { EXIT } from './exit-code.ts'
import { errorsToJson, renderErrors, toObolErrors } from './render-error.ts'
import { ROUTES } from './routes.ts'
import { hasFlag } from './style.ts'
import { argumentError, unknownCommand } from './usage-error.ts'
import { VERSION } from './version.ts'

/**
 * Runs one command line (without `node` and the script) and returns the exit code. All errors of the run are reported
 * together at its end: on stderr for people, with `--json` as one object on stdout.
 * SIDE EFFECTS: those of the command; writes to both streams.
 */
export async function runCli(args: readonly string[], surroundings: Surroundings): Promise<number> {
  const errors: ObolError[] = []
  let exitCode: number = EXIT.done
  let command = 'obol'
  // stricli writes nothing but errors to its stderr; those are collected by the text functions instead.
  const process = { stdout: helpOutput(surroundings), stderr: { write: () => undefined }, env: {} }
  const context: Context = {
    ...surroundings,
    process,
    setExitCode: (code) => {
      exitCode = code
    },
  }
  const app = buildApplication<Context>(ROUTES, {
    name: 'obol',
    versionInfo: { currentVersion: VERSION },
    scanner: { caseStyle: 'allow-kebab-for-camel', allowArgumentEscapeSequence: true },
    documentation: { caseStyle: 'convert-camel-to-kebab', onlyRequiredInUsageLine: true },
    localization: { text: collectInto(errors, () => command) },
  })
  // What completion scripts call: for no person to see, so no command.
  if (args[0] === 'complete' && args[1] === '--') {
    const { propose } = await import('./completion/propose.ts')
    for (const { text, brief } of await propose(app, args.slice(2), context)) {
      surroundings.stdout.write(`${text}\t${brief}\n`)
    }
    return EXIT.done
  }
  await run(app, [...args], {
    process,
    forCommand: ({ prefix }) => {
      command = prefix.join(' ')
      return context
    },
  })
  if (errors.length === 0) return exitCode
  return report(interrupted(errors, surroundings.signal), args, surroundings)
}

/** Reports errors as the command line `args` wants them and returns the exit code. SIDE EFFECTS: writes to one stream. */
export function report(errors: readonly ObolError[], args: readonly string[], surroundings: Surroundings): number {
  const debug = surroundings.env['OBOL_DEBUG'] === '1'
  const { stdout, stderr } = surroundings
  const complete = hintCompleter(aimOf(args), surroundings, args)
  if (hasFlag(args, '--json')) stdout.write(`${JSON.stringify(errorsToJson(errors, debug, complete), undefined, 2)}\n`)
  else stderr.write(renderErrors(errors, stderr.style, debug, complete))
  return errors[0]?.exitCode ?? EXIT.error
}

/** stricli's wording, with every error kept in `errors` rather than printed. */
function collectInto(errors: ObolError[], command: () => string): ApplicationText {
  const keep = (thrown: unknown): string => {
    errors.push(...toObolErrors(thrown))
    return ''
  }
  return {
    ...text_en,
    briefs: {
      ...text_en.briefs,
      help: 'Print this help and exit',
      version: 'Print the version and exit',
      argumentEscapeSequence: 'What follows is never read as a flag',
    },
    noCommandRegisteredForInput: ({ input, corrections }) => keep(unknownCommand(input, corrections)),
    exceptionWhileParsingArguments: (error) => keep(argumentError(error, command())),
    exceptionWhileLoadingCommandFunction: keep,
    exceptionWhileLoadingCommandContext: keep,
    exceptionWhileRunningCommand: keep,
    commandErrorResult: keep,
  }
}

/** After a signal, the one error is that the command was interrupted, unless the command has a verdict of its own. */
function interrupted(errors: readonly ObolError[], signal: AbortSignal): readonly ObolError[] {
  const isOwn = ({ exitCode }: ObolError): boolean => exitCode !== EXIT.error && exitCode !== EXIT.interrupted
  const isAbort = errors.every((error) => !isOwn(error) && abortCaused(error))
  return signal.aborted && isAbort ? [new ObolError(USAGE_ERRORS.INTERRUPTED)] : errors
}

function abortCaused(error: Error): boolean {
  if (error.name === 'AbortError') return true
  return error.cause instanceof Error && abortCaused(error.cause)
}

function helpOutput({ stdout }: Surroundings): { write(text: string): void; getColorDepth(): number } {
  const coloured = stdout.style.bold('x') !== 'x'
  return { write: stdout.write, getColorDepth: () => (coloured ? 4 : 1) }
}
