import process from 'node:process'
import { processSurroundings } from './context.ts'
import { EXIT } from './exit-code.ts'
import { toObolErrors } from './render-error.ts'
import { report, runCli } from './run-cli.ts'

const args = process.argv.slice(2)
const surroundings = processSurroundings(args)

// Only for what escaped every promise: an event handler that threw.
process.on('uncaughtException', (error) => {
  report(toObolErrors(error), args, surroundings)
  process.exit(EXIT.error)
})

// Not process.exit: what is still in the pipes must get out.
process.exitCode = await runCli(args, surroundings)
