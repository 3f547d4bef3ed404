using CodexSidecar.Contracts;
using CodexSidecar.Engine.Policy;
using CodexSidecar.Engine.Policy.Commands;

namespace CodexSidecar.Engine.Tests.Policy;

public sealed class NamesSpecs
{
    public static TheoryData<string> Secret =>
        [
            .. WordList.Of(
                """
                .env app/.env .env.local .env.production .ENV .env-prod .envrc server.key a/b/cert.pem x.pfx x.p12 .pem AuthKey.p8
                keys.jks putty.ppk id_rsa id_ed25519 backup/id_rsa_work id_ecdsa-sk .npmrc .netrc _netrc .pypirc .git-credentials
                .htpasswd .pgpass credentials aws/credentials credentials.json application_default_credentials.json
                client_secret_1.json service-account.json service_account-prod.json secrets.json secret.yaml .ssh/config
                home/.aws/config .kube/config .docker/config.json .gnupg/x .azure/token .config/gcloud/x .config/gh/hosts.yml
                """
            ),
        ];

    public static TheoryData<string> Open =>
        [
            .. WordList.Of(
                """
                .env.example .env.sample .env.template app/.env.dist .env_example environment.ts env.ts .envoy.yaml id_rsa.pub
                id_generator.py src/id_map.cs keys.cs key.ts monkey.js pem.go a.keyboard.ts credentials/index.ts Credentials.cs
                credentials.ts secrets.ts SecretNames.cs shadow.css ssh/config docker/Dockerfile awsome/.awsomerc npmrc.md
                src/Range.cs .
                """
            ),
        ];

    public static TheoryData<string> Protected =>
        [
            .. WordList.Of(
                """
                .git/config .git/hooks/pre-commit .GIT/config sub/.git/HEAD .git git~1/config .g‌it/config .codex-sidecar/config.json
                .vscode/tasks.json .vscode/settings.json .vscode/launch.json a/.VSCode/Tasks.json x.code-workspace .envrc
                .codexignore sub/.codexignore .gitmodules .githooks/pre-push .husky/pre-commit .github/workflows/ci.yml
                .github/actions/x/action.yml .gitlab-ci.yml .circleci/config.yml azure-pipelines.yml Jenkinsfile .travis.yml
                .pre-commit-config.yaml .devcontainer/devcontainer.json .idea/runConfigurations/x.xml .env server.key
                """
            ),
        ];

    public static TheoryData<string> Ordinary =>
        [
            .. WordList.Of(
                """
                .gitignore .gitattributes .github/CODEOWNERS .vscode/extensions.json src/git/config.cs digit/config vscode/tasks.json
                docs/Jenkinsfile.md ci.yml package.json Makefile .editorconfig gitlab/x .idea/misc.xml
                """
            ),
        ];

    [Theory, MemberData(nameof(Secret))]
    public void A_file_of_secrets_is_known_as_a_path_and_as_a_word_of_a_command(string path)
    {
        Assert.True(SecretNames.Covers(path));
        Assert.Equal(ActionKind.ReadSecret, CommandJudge.Judge(["cat", path], []).Kind);
        Assert.Equal(
            Permission.Deny,
            LevelPolicy.Decide(new(Level.ExtendedShell, true), CommandJudge.Judge(["cat", $"--file={path}"], [])).Permission
        );
    }

    [Theory, MemberData(nameof(Open))]
    public void What_only_looks_like_secrets_is_open(string path) => Assert.False(SecretNames.Covers(path));

    [Fact]
    public void A_revision_does_not_hide_the_name() =>
        Assert.Equal(ActionKind.ReadSecret, CommandJudge.Judge(["git", "show", "HEAD:.env"], []).Kind);

    [Theory, MemberData(nameof(Protected))]
    public void What_makes_something_run_is_protected(string path) => Assert.True(ProtectedNames.Covers(path));

    [Theory, MemberData(nameof(Ordinary))]
    public void Ordinary_files_are_not_protected(string path) => Assert.False(ProtectedNames.Covers(path));

    [Fact]
    public void Of_two_questions_the_more_dangerous_speaks()
    {
        var decision = LevelPolicy.Decide(new(Level.ExtendedShell, true), CommandJudge.Judge("mkdir x && rm -rf y", []));

        Assert.Equal((Permission.Ask, Risk.High), (decision.Permission, decision.Risk));
    }
}
