import { once } from 'node:events'
import { startLatencyProxy } from './latency-proxy.ts'

const USAGE = `A TCP proxy on loopback that delays every byte.

  node tools/latency-proxy/main.ts HOST:PORT|URL [DELAY_MS]    one way, default 10; prints its address, runs until Ctrl-C
`

process.exitCode = await main(process.argv.slice(2))

async function main([target, delay = '10', ...extra]: readonly string[]): Promise<number> {
  const delayMs = Number(delay)
  if (target === undefined || target === '--help' || !(delayMs >= 0) || extra.length > 0) {
    process.stderr.write(USAGE)
    return target === '--help' ? 0 : 64
  }
  const proxy = await startLatencyProxy({ target, delayMs })
  process.stdout.write(`127.0.0.1:${proxy.port}\n`)
  await Promise.race(['SIGINT', 'SIGTERM'].map((signal) => once(process, signal)))
  process.stderr.write(`latency-proxy: ${proxy.connections()} connections\n`)
  await proxy.stop()
  return 0
}
