import { describe, expect, it } from 'vitest';
import {
  assertVenvModule,
  findPython,
  isSupported,
  parsePythonVersion,
  pythonCandidates,
} from '../../../scripts/lib/python.ts';
import { givenRun } from './support.ts';

const NOT_FOUND = { code: 127, output: 'spawn ENOENT' };

/** Programs by name, each saying its version; every other one is missing. */
function givenPythons(versions: Record<string, string>) {
  return givenRun((line) => {
    const version = versions[line.split(' ')[0] ?? ''];
    return version ? { output: `${version}\n` } : NOT_FOUND;
  });
}

describe('reading a Python version', () => {
  it.each([
    ['3.11.7\n', 3, 11, '3.11.7'],
    ['Python 3.8.18', 3, 8, '3.8.18'],
    ['Python 2.7.18', 2, 7, '2.7.18'],
    ['3.14', 3, 14, '3.14'],
  ])('reads %j', (text, major, minor, version) => {
    expect(parsePythonVersion(text)).toEqual({ major, minor, text: version });
  });

  it('reads nothing from what is not a version', () => {
    expect(parsePythonVersion('pyenv: python3.10: command not found')).toBeUndefined();
  });

  it.each([
    ['2.7.18', false],
    ['3.9.18', false],
    ['3.10.0', true],
    ['3.14.1', true],
    ['3.15.0', false],
  ])('%s is supported: %s', (text, supported) => {
    const version = parsePythonVersion(text);
    expect(version && isSupported(version)).toBe(supported);
  });
});

describe('finding Python', () => {
  it('takes python3 when it will do, and asks no further', async () => {
    const { run, lines } = givenPythons({ python3: '3.11.7', 'python3.14': '3.14.0' });
    expect((await findPython(run, {})).command).toBe('python3');
    expect(lines).toHaveLength(1);
  });

  it('takes a versioned name when python3 is too old', async () => {
    const { run } = givenPythons({ python3: '3.9.6', 'python3.12': '3.12.1' });
    expect(await findPython(run, {})).toMatchObject({ command: 'python3.12', version: { minor: 12 } });
  });

  it('names the version it found when all are too old, and what to install, in one line', async () => {
    const { run } = givenPythons({ python3: '3.8.18' });
    await expect(findPython(run, {})).rejects.toThrow(
      /^The local cloud needs Python 3\.10 to 3\.14, and python3 is 3\.8\.18: install one .*HOLDFAST_PYTHON\.$/,
    );
  });

  it('says that there is none', async () => {
    const { run } = givenPythons({});
    await expect(findPython(run, {})).rejects.toThrow(/and none was found: install one/);
  });

  it('takes HOLDFAST_PYTHON and nothing else', async () => {
    expect(pythonCandidates({ HOLDFAST_PYTHON: '/opt/py/bin/python' })).toEqual(['/opt/py/bin/python']);
    const { run } = givenPythons({ python3: '3.11.7' });
    await expect(findPython(run, { HOLDFAST_PYTHON: '/opt/py' })).rejects.toThrow(
      /HOLDFAST_PYTHON \(\/opt\/py\) does not run/,
    );
  });
});

describe('the venv module', () => {
  const python = { command: 'python3', version: { major: 3, minor: 11, text: '3.11.2' } };

  it('is asked for by its package when Debian left it out', async () => {
    const { run } = givenRun(() => ({ code: 1, output: "ModuleNotFoundError: No module named 'ensurepip'" }));
    await expect(assertVenvModule(run, python)).rejects.toThrow(/3\.11\.2.*apt install python3\.11-venv/);
  });

  it('is not mentioned when it is there', async () => {
    await expect(assertVenvModule(givenRun(() => undefined).run, python)).resolves.toBeUndefined();
  });
});
