# Homebrew formula. tools/release fills url and sha256 of a release in.
class Why403 < Formula
  desc "Why Amazon S3 answered 403, and what change makes it work"
  homepage "https://github.com/why403/why403"
  url "https://github.com/why403/why403/releases/download/v@VERSION@/why403-@VERSION@.tar.xz"
  sha256 "@SHA256@"
  license "Apache-2.0"

  depends_on "gettext" => :build
  depends_on "meson" => :build
  depends_on "ninja" => :build
  depends_on "pkg-config" => :build
  depends_on "libyaml"
  depends_on :linux

  uses_from_macos "zlib"

  def install
    system "meson", "setup", "build", "-Dtests=false", "-Dwerror=false", "-Dmd5=auto", "-Dlive=auto", *std_meson_args
    system "meson", "compile", "-C", "build", "--verbose"
    system "meson", "install", "-C", "build"
    pkgshare.install "examples"
  end

  test do
    output = shell_output("#{bin}/why403 explain GetObject s3://example-reports/finance/q3.csv --as alice " \
                          "--from 203.0.113.9 --snapshot #{pkgshare}/examples/account", 1)
    assert_match "FinanceOnlyFromTheVpc", output
  end
end
