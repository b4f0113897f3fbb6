import process from 'node:process'
import { nodeEnv, type Setting } from './setting.ts'
import { type Contender, type Measured, takeTurns } from './take-turns.ts'
import { timeProcess } from './time-process.ts'

const RUNS = 21

/** `node -e 0` and `obol --help`. */
export async function measureStart(setting: Setting): Promise<readonly [node: Measured, help: Measured]> {
  const contender = (name: string, args: readonly string[]): Contender => ({
    name,
    runs: RUNS,
    prepare: async () => ({ file: process.execPath, args, env: nodeEnv(setting) }),
    check: () => undefined,
  })
  const node = contender('node -e 0', ['-e', '0'])
  const help = contender('obol --help', [setting.obol, '--help'])
  // The first run fills the compile cache, the second is the first to use it.
  for (let i = 0; i < 2; i += 1) await timeProcess(await help.prepare())
  const [nodeTime, helpTime] = await takeTurns([node, help], setting.say)
  if (nodeTime === undefined || helpTime === undefined) throw new Error('two contenders, two results')
  return [nodeTime, helpTime]
}
