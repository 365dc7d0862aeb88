import { describe, expect, it } from 'vitest';
import { cloudSettings } from '../../../scripts/lib/settings.ts';

describe('the settings', () => {
  it("are the developer's cloud unless told: port 4566, IAM enforced, state in the checkout", () => {
    expect(cloudSettings({ root: '/repo', env: {} })).toMatchObject({
      port: 4566,
      auth: true,
      stateDir: '/repo/.holdfast',
      sharedDir: '/repo/.holdfast',
    });
  });

  it('come from the environment', () => {
    const env = { HOLDFAST_CLOUD_PORT: '5000', HOLDFAST_CLOUD_AUTH: 'off' };
    expect(cloudSettings({ env })).toMatchObject({ port: 5000, auth: false });
  });

  it('of an instance of its own: any free port, whatever the environment says', () => {
    const settings = cloudSettings({ root: '/repo', stateDir: '/x', env: { HOLDFAST_CLOUD_PORT: '5000' } });
    expect(settings).toMatchObject({ port: undefined, stateDir: '/x', sharedDir: '/repo/.holdfast' });
  });

  it.each(['0', '65536', 'http', '45.5'])('refuse the port %s', (port) => {
    expect(() => cloudSettings({ env: { HOLDFAST_CLOUD_PORT: port } })).toThrow(
      `HOLDFAST_CLOUD_PORT is '${port}'`,
    );
  });

  it('refuse to guess whether IAM is enforced', () => {
    expect(() => cloudSettings({ env: { HOLDFAST_CLOUD_AUTH: 'maybe' } })).toThrow("'on' or 'off'");
  });
});
