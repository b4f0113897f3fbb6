import dgram from 'node:dgram'
import dns from 'node:dns'
import net from 'node:net'
import process from 'node:process'

/** Prints what of the network was touched by the plan of a folder (argument 1) from a snapshot, or `live` (argument 2), and the plan. */
async function main(): Promise<void> {
  const touched: string[] = []
  const forbid = (name: string) => (): never => {
    touched.push(name)
    throw new Error(`${name} was called`)
  }
  net.Socket.prototype.connect = forbid('connect')
  Object.assign(net.Server.prototype, { listen: forbid('listen') })
  Object.assign(dns, { lookup: forbid('lookup'), resolve: forbid('resolve') })
  Object.assign(dns.promises, { lookup: forbid('lookup'), resolve: forbid('resolve') })
  Object.assign(dgram, { createSocket: forbid('createSocket') })
  const { livePlan, snapshotPlan } = await import('./plan-from.ts')
  const [folder = '', file = '', at = ''] = process.argv.slice(2)
  const place = { folder, now: () => new Date(at) }
  const planning = file === 'live' ? livePlan(place) : snapshotPlan(place, file)
  const shown = await planning.then((plan) => plan.shown, String)
  process.stdout.write(`${JSON.stringify(touched)}\n${shown}`)
}

await main()
