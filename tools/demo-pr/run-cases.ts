import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { CASES } from './cases.ts'
import { openDemoRepository } from './demo-repository.ts'
import { type CaseResult, runCase } from './run-case.ts'
import { runProcess } from './run-process.ts'
import { copyTool } from './tool-copy.ts'

/**
 * Runs the action on each pull request of the demo, one after the other, against a cluster and a chain of its own.
 * SIDE EFFECTS: writes `folder`; servers on loopback and processes while it runs.
 */
export async function runCases(
  folder: string,
  onResult: (result: CaseResult) => void = () => {},
): Promise<readonly CaseResult[]> {
  const tool = join(folder, 'tool')
  mkdirSync(tool, { recursive: true })
  copyTool(tool)
  const repository = await openDemoRepository(folder, async (workspace, env) => {
    const { exitCode, output } = await runProcess(
      join(tool, 'ci/bin/obol'),
      ['apply', '--yes', '--workspace', workspace],
      env,
    )
    if (exitCode !== 0) throw new Error(`the base could not be applied: ${output}`)
  })
  try {
    const results: CaseResult[] = []
    for (const pull of CASES) {
      const result = await runCase(pull, { repository, tool, folder: join(folder, pull.name) })
      onResult(result)
      results.push(result)
    }
    return results
  } finally {
    await repository.stop()
  }
}
