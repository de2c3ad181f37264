# >>> boxdoctor hook >>>
# Looks whether the shared folders can be mounted, before Vagrant mounts them.
# `boxdoctor hook install` has written this; `boxdoctor hook uninstall` takes it away again.
# options: @OPTIONS@
if Gem::Version.new(Vagrant::VERSION) >= Gem::Version.new("2.2.4")
  if Gem::Version.new(Vagrant::VERSION) < Gem::Version.new("2.4.0")
    # There, a trigger of this kind is an experiment, and silently ignored unless somebody asks for it.
    # Vagrant warns of experiments at every command; not of one that is asked for after it has looked.
    Vagrant::Util::Experimental.tap do |experiment|
      experiment.enabled?
      experiment.features_requested << "typed_triggers" unless experiment.feature_enabled?("typed_triggers")
      ENV["VAGRANT_EXPERIMENTAL"] = "typed_triggers" unless experiment.feature_enabled?("typed_triggers")
    end
  end
  Vagrant.configure("2") do |config; moment|
    # The plug-in of this name takes the place of Vagrant's own triggers.
    next if Vagrant.has_plugin?("vagrant-triggers")
    moment = :"VagrantPlugins::ProviderVirtualBox::Action::CheckGuestAdditions"
    config.trigger.after moment, type: :action do |trigger|
      trigger.name = "boxdoctor"
      # What stands behind the semicolon is no variable of the Vagrantfile, whatever that calls its own.
      trigger.ruby do |_, machine; is_ours, ssh, wanted, finder, folders, told, program, streams, child, finish, status, error|
        # Whatever goes wrong here is no reason to fail; Vagrant destroys a new machine over it.
        begin
          # Not machine.guest, which asks the guest what it is, and takes its time.
          is_ours = machine.provider_name == :virtualbox && machine.config.vm.guest.to_s != "windows" &&
            [nil, :ssh].include?(machine.config.vm.communicator)
          ssh = machine.ssh_info if is_ours
          if ssh
            begin
              wanted = [:guestpath, :hostpath, :owner, :group, :mount_options]
              finder = Object.new.extend(Vagrant::Action::Builtin::MixinSyncedFolders)
              folders = finder.synced_folders(machine).map do |type, list|
                # Vagrant defines a transient one only when it mounts it.
                list = list.reject { |_, folder| folder[:transient] }
                [type, Hash[list.map { |id, folder| [id, folder.select { |key, _| wanted.include?(key) }] }]]
              end
              folders = Hash[folders]
            rescue StandardError
              folders = nil
            end
            told = JSON.generate(
              {
                "name" => machine.name.to_s, "id" => machine.id.to_s, "root" => machine.env.root_path.to_s,
                "data" => machine.data_dir.to_s, "host" => ssh[:host].to_s, "port" => ssh[:port].to_i,
                "user" => ssh[:username].to_s, "keys" => Array(ssh[:private_key_path]).map(&:to_s),
                "verify" => ssh[:verify_host_key].to_s, "proxy" => ssh[:proxy_command], "folders" => folders
              },
              ascii_only: true
            )
            program = ENV["BOXDOCTOR"].to_s.empty? ? "boxdoctor" : ENV["BOXDOCTOR"]
            streams = machine.env.ui.is_a?(Vagrant::UI::MachineReadable) ? { out: :err } : {}
            $stdout.flush
            # Without a shell, on every system; and with the terminal, for colours and a password.
            child = Vagrant::Util::Env.with_clean_env do
              begin
                Process.spawn({ "BOXDOCTOR_MACHINE" => told }, program, @ARGUMENTS@, streams)
              rescue Errno::ENOENT
                raise "#{program} is not there, or not on the PATH"
              end
            end
            finish = Process.clock_gettime(Process::CLOCK_MONOTONIC) + @SECONDS@
            until Process.wait(child, Process::WNOHANG)
              if Process.clock_gettime(Process::CLOCK_MONOTONIC) > finish
                Process.kill(:KILL, child)
                Process.wait(child)
                raise "it took more than @SECONDS@ seconds"
              end
              sleep 0.02
            end
            status = $?.exitstatus
            raise "it crashed: #{$?}" unless [0, 1, 2, 130].include?(status)
          end
        rescue StandardError => error
          status = nil
          machine.ui.warn("boxdoctor was of no help: #{error.message}. Vagrant goes on without it.")
        end
@STRICT@      end
    end
  end
end
# <<< boxdoctor hook <<<
