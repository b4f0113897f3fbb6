import { join } from 'node:path'
import { type Applied, planContender, unchangedPlan } from './measure-plan.ts'
import { obolCommand, type Setting } from './setting.ts'
import { type Contender, type Measured, takeTurns } from './take-turns.ts'
import { timeProcess } from './time-process.ts'

/** `obol plan --snapshot`, without any way to the server, in turns with the live plan through 20 ms. SIDE EFFECTS: writes the snapshot. */
export async function measureSnapshot(
  setting: Setting,
  applied: Applied,
  runs: number,
): Promise<readonly [offline: Measured, live: Measured]> {
  const file = join(setting.folder, 'cluster.snapshot.json.gz')
  await timeProcess(obolCommand(setting, 'loopback', ['snapshot', '--out', file, '--workspace', applied.folder]))
  const command = obolCommand(setting, 'loopback', [
    'plan',
    '--json',
    '--snapshot',
    file,
    '--workspace',
    applied.folder,
  ])
  const offline: Contender = {
    name: `obol plan --snapshot, ${applied.count.toLocaleString('en-US')} unchanged offers`,
    runs,
    prepare: async () => ({ ...command, env: { ...command.env, KUBECONFIG: join(setting.folder, 'nowhere') } }),
    check: (timing) => {
      unchangedPlan(timing, applied)
    },
  }
  offline.check(await timeProcess(await offline.prepare()))
  const live = await planContender(setting, '20 ms', applied, runs)
  const [offlineTime, liveTime] = await takeTurns([offline, live], setting.say)
  if (offlineTime === undefined || liveTime === undefined) throw new Error('two contenders, two results')
  return [offlineTime, liveTime]
}
