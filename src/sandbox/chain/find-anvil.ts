import { createRequire } from 'node:module'
import { arch, platform } from 'node:os'
import { dirname, join } from 'node:path'

const PLATFORMS: Readonly<Record<string, string>> = { linux: 'linux', darwin: 'darwin', win32: 'win32' }
const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' }

/**
 * Path of the anvil binary that npm installed for this machine, or the bare name, which is looked up in PATH.
 * The wrapper script of the npm package is passed over: a SIGKILL of it leaves its child running.
 * SIDE EFFECTS: looks for a package in node_modules.
 */
export function findAnvil(): string {
  const system = PLATFORMS[platform()]
  const name = `@foundry-rs/anvil-${system}-${ARCHITECTURES[arch()]}`
  try {
    const folder = dirname(createRequire(import.meta.url).resolve(`${name}/package.json`))
    return join(folder, 'bin', system === 'win32' ? 'anvil.exe' : 'anvil')
  } catch {
    return 'anvil'
  }
}
