import dgram from 'node:dgram'
import dns from 'node:dns'
import net from 'node:net'
import process from 'node:process'

/** Prints the plan of a folder (argument 1) from a snapshot (argument 2), after what of the network was touched. */
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
  const { snapshotPlan } = await import('./plan-from.ts')
  const [folder = '', file = '', at = ''] = process.argv.slice(2)
  const { shown } = await snapshotPlan({ folder, now: () => new Date(at) }, file)
  process.stdout.write(`${JSON.stringify(touched)}\n${shown}`)
}

await main()
