/**
 * Compiles contracts/*.sol and writes contracts/NAME.json beside each.
 * SIDE EFFECTS: writes those files.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { artifactText, compileContracts } from './compile-contracts.ts'

const FOLDER = join(import.meta.dirname, '..', 'contracts')

for (const artifact of compileContracts()) {
  const file = join(FOLDER, `${artifact.contractName}.json`)
  writeFileSync(file, artifactText(artifact))
  const bytes = (artifact.deployedBytecode.length - 2) / 2
  console.log(`contracts/${artifact.contractName}.json  ${bytes} bytes of runtime code`)
}
