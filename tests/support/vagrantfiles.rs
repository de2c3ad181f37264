//! Vagrantfiles in the shapes that people write.

const ONE_MACHINE: &str = r#"# -*- mode: ruby -*-
# vi: set ft=ruby :

# All Vagrant configuration is done below. The "2" in Vagrant.configure
# is the version of the configuration.
Vagrant.configure("2") do |config|
  config.vm.box = "bento/rockylinux-9"
  # config.vm.network "forwarded_port", guest: 80, host: 8080
  config.vm.synced_folder ".", "/vagrant"
  config.vm.provider "virtualbox" do |vb|
    vb.memory = "1024"
  end
  config.vm.provision "shell", inline: <<-SHELL
    yum install -y httpd
  SHELL
end
"#;

const TABS: &str = "Vagrant.configure(\"2\") do |c|\n\tc.vm.box = \"debian/bookworm64\"\n\tc.vm.hostname = 'box'\nend\n";

const COMMENTS_IN_SEVERAL_LANGUAGES: &str = r#"# Übungsrechner für alle — 開発環境
Vagrant.configure("2") do |config| # конфигурация
  config.vm.box = "ubuntu/jammy64"
  config.vm.hostname = "uebung"
end
"#;

const NESTED_DEFINES: &str = r##"NODES = { "web" => 2, "db" => 1 }

Vagrant.configure("2") do |config|
  config.vm.box = "bento/rockylinux-9"
  NODES.each do |role, count|
    (1..count).each do |number|
      config.vm.define "#{role}#{number}", autostart: number == 1 do |node|
        node.vm.hostname = "#{role}#{number}"
        node.vm.provider :virtualbox do |v|
          v.name = "#{role}-#{number}"
          v.customize ["modifyvm", :id, "--cpus", "1"]
        end
      end
    end
  end
end
"##;

const NO_LAST_LINE_END: &str = "Vagrant.configure(2) { |box| box.vm.box = \"bento/rockylinux-9\" }";

const DATA_BELOW: &str = r#"require "yaml"
settings = YAML.safe_load(DATA.read) if defined?(DATA)
settings ||= { "box" => "bento/rockylinux-9" }
Vagrant.configure("2") do |config|
  config.vm.box = settings["box"]
end
__END__
box: bento/rockylinux-9
"#;

const VARIABLES_OF_ITS_OWN: &str = r#"# What the block calls its own, this file does too.
status = folders = moment = program = "mine"
features = ["a"]
Vagrant.configure("2") do |child|
  child.vm.box = "bento/rockylinux-9"
  child.vm.hostname = status
  raise "features are #{features}" unless features == ["a"] && moment == "mine"
end
"#;

const TRIGGERS_AND_PROVIDERS: &str = r#"Vagrant.require_version ">= 2.2.4"

Vagrant.configure("2") do |config|
  config.vm.box = "bento/rockylinux-9"
  config.trigger.before :up do |trigger|
    trigger.info = "Good morning"
  end
  config.vm.provider :libvirt do |libvirt, override|
    override.vm.synced_folder ".", "/vagrant", type: "rsync"
  end if Vagrant.has_plugin?("vagrant-libvirt")
end

Vagrant.configure("2") do |again|
  again.vm.boot_timeout = 600
end
"#;

/// Each with a name for those who read what went wrong.
pub fn all() -> Vec<(&'static str, Vec<u8>)> {
    let text = |name, text: &str| (name, text.as_bytes().to_vec());
    let mut latin = b"# -*- coding: iso-8859-1 -*-\n# f\xfcr alle\n".to_vec();
    latin.extend(TABS.as_bytes());
    vec![
        text("one machine", ONE_MACHINE),
        text("line ends of Windows", &ONE_MACHINE.replace('\n', "\r\n")),
        text("tabs", TABS),
        text(
            "comments in several languages",
            COMMENTS_IN_SEVERAL_LANGUAGES,
        ),
        text("nested defines", NESTED_DEFINES),
        text("no last line end", NO_LAST_LINE_END),
        text(
            "no last line end of Windows",
            TABS.trim_end().replace('\n', "\r\n").as_str(),
        ),
        text("data below", DATA_BELOW),
        text("variables of its own", VARIABLES_OF_ITS_OWN),
        text("triggers and providers", TRIGGERS_AND_PROVIDERS),
        text("a byte order mark", &format!("\u{feff}{ONE_MACHINE}")),
        text("both line ends", &TABS.replacen('\n', "\r\n", 1)),
        ("an encoding of its own", latin),
        text("nothing", ""),
    ]
}
