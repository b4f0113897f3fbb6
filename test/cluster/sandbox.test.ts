import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startSandbox } from '../../src/sandbox/start-sandbox.ts'
import { clusterContract } from './contract.ts'

clusterContract('contract: the sandbox', async () => {
  const sandbox = await startSandbox()
  const folder = mkdtempSync(join(tmpdir(), 'obol-test-'))
  const [kubeconfig, readerKubeconfig] = ['admin', 'reader'].map((user) => {
    const path = join(folder, `${user}.yaml`)
    writeFileSync(path, sandbox.kubeconfigOf(user) ?? '')
    return path
  })
  return {
    kubeconfig: kubeconfig ?? '',
    readerKubeconfig: readerKubeconfig ?? '',
    stop: async () => {
      await sandbox.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
})
