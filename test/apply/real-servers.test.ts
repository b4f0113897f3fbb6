import { realServers } from '../support/control-plane.ts'
import { applyContract } from './contract.ts'

for (const server of realServers()) {
  const start = async () => {
    const plane = await server.start()
    return { kubeconfig: plane.kubeconfig('admin'), stop: () => plane.stop() }
  }
  applyContract(server.name, start, server.skip === undefined ? {} : { skip: server.skip })
}
